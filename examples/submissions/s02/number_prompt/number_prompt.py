import sys
def main():
    print("Enter number from 1 to 10: ", end="", flush=True)
    for line in sys.stdin:
        try:
            n = int(line)
        except ValueError:
            print("That is not a valid integer.")
        else:
            if n in range(1, 11):
                print("You chose", n)
                return 0
            print("Your number must be from 1 to 10:")
        print("Enter number from 1 to 10: ", end="", flush=True)
    print()
    return 1
try:
    sys.exit(main())
except KeyboardInterrupt:
    sys.exit(130)
