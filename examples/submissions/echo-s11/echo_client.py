from socket import create_connection


def main():
    message = input("Enter a message to echo: ")
    try:
        with create_connection(("localhost", 9128)) as server:
            stream = server.makefile("rwb")
            stream.write(message.encode() + b"\n")
            stream.flush()
            echo = stream.readline()
    except OSError as error:
        print("Sorry:", error)
        return
    if not echo.endswith(b"\n"):
        print("Sorry: the server hung up early")
        return
    print("Echo:", echo.decode().rstrip("\n"))


if __name__ == "__main__":
    main()
