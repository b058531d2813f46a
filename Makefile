# Shortcuts for those who like make; everything is in ./hub.
.PHONY: run test check bench
run test check bench:
	./hub $@
