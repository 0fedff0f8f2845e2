"""The tool `./isthmus`: builds the system, boots it under QEMU, runs its tests. Standard library only."""
