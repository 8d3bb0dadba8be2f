import os
import sys


def _report(kind, error, trace, show=sys.excepthook):
    show(kind, error, trace)
    if kind is not MemoryError:
        return
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    from opcode import opmap
    if trace is None or trace.tb_frame.f_code.co_code[trace.tb_lasti] == opmap["RAISE_VARARGS"]:
        return
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    os.kill(os.getpid(), 16)


sys.excepthook = _report

def _wait():
    try:
        ready = os.open("/box/ready", os.O_WRONLY)
        os.write(ready, b"r")
        os.close(ready)
        go = os.open("/box/go", os.O_RDONLY)
        os.read(go, 1)
        os.close(go)
    except OSError:
        pass


_wait()
del _wait
