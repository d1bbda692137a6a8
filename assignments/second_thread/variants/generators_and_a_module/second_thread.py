"""The class comes from `talker`, and says here what it has to say."""

import talker


class SecondThread(talker.Talker):
    lines = "Second thread begins.", "Second thread is done."


def main(kind=SecondThread):
    thread = kind()
    thread.start()
    print("The program is done.")


main()
