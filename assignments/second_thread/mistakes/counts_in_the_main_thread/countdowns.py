import sys
import time

words = [argument.partition("=") for argument in sys.argv[1:]]
left = [[name, int(number)] for name, _, number in words]
while any(number for _, number in left):
    for one in left:
        if one[1]:
            print(*one)
            one[1] -= 1
    time.sleep(0.1)
print("All countdowns are done.")
