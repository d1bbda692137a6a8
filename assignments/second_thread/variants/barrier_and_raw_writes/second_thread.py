import os, time, threading as fäden


class ZweiterFaden(fäden.Thread):
	def __init__(self):
		super(ZweiterFaden, self).__init__()
		self.start()  # beginnt gleich, wenn er gemacht wird

	def run(self):
		os.write(1, b"Second thread begins.\n")
		time.sleep(.5)
		os.write(1, b"Second thread is done.\n")


ZweiterFaden()
os.write(1, b"The program is done.\n")
