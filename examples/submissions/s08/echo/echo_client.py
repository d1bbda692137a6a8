while True:
    print("Enter a message to echo: " * 1000)
