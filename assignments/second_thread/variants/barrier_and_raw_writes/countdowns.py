import os, sys, threading, time

namen = [wort.split("=") for wort in sys.argv[1:]]
start = threading.Barrier(max(1, len(namen)))  # alle beginnen auf einmal
bereit = threading.Condition()
laufend = len(namen)


def zähle(name, zahl):
	global laufend
	start.wait()
	try:
		while zahl > 0:
			os.write(sys.stdout.fileno(), f"{name} {zahl}\n".encode())
			time.sleep(.1)
			zahl -= 1
	finally:
		with bereit:
			laufend -= 1
			bereit.notify()


for name, zahl in namen:
	threading.Thread(target=zähle, args=(name, int(zahl))).start()
with bereit:
	bereit.wait_for(lambda: laufend == 0)
for faden in threading.enumerate():
	if faden is not threading.main_thread():
		faden.join()
os.write(1, b"All countdowns are done.\n")
