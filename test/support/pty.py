"""Runs a program at a pseudo terminal: pty.py SECONDS STEPS PROGRAM ARGS...

STEPS is a JSON list of [text to wait for, keys to send then]. What the terminal showed goes to
stdout; the exit code is the program's, 124 if it did not come to its end in time.
"""
import json, os, pty, select, sys, time

limit = time.monotonic() + float(sys.argv[1])
steps = json.loads(sys.argv[2])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[3], sys.argv[3:])
shown = b""
seen = 0
while True:
    if time.monotonic() > limit:
        os.kill(pid, 9)
        sys.stdout.buffer.write(shown)
        sys.exit(124)
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if ready:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    if steps:
        wanted, keys = steps[0]
        at = shown.find(wanted.encode(), seen)
        if at >= 0:
            seen = at + len(wanted.encode())
            os.write(terminal, keys.encode())
            steps.pop(0)
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(status) if not os.WIFSIGNALED(status) else 128 + os.WTERMSIG(status))
