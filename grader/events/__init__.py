"""What happens during one check, in order, and how much of it is taken in. Servers, programs and checks write it down here."""
