import sys
import time

words = [argument.partition("=") for argument in sys.argv[1:]]
left = {name: int(number) for name, _, number in words}
while any(left.values()):
    for name in left:
        if left[name]:
            print(name, left[name])
            left[name] -= 1
    time.sleep(0.1)
print("All countdowns are done.")
