"""What the workers of a server hold, as the kernel counts it."""

from pathlib import Path

from tests.live import LiveServer


def peaks(server: LiveServer) -> dict[int, int]:
    """Return the most memory that each worker has held since the last ``forget``, in kB."""
    return {pid: _status(pid, "VmHWM") for pid in server.workers()}


def held(server: LiveServer) -> dict[int, int]:
    """Return what each worker holds now, in kB."""
    return {pid: _status(pid, "VmRSS") for pid in server.workers()}


def forget(server: LiveServer) -> dict[int, int]:
    """Let every worker's peak be what it holds now, and return that, in kB."""
    for pid in server.workers():
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    return held(server)


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])
