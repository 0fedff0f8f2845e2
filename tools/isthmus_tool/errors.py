"""Errors as a user meets them: what came, what was expected, what to do."""

# What `isthmus` itself exits with, as `env`, `timeout` and `docker run` do; below are the program's own.
TOOL_FAILED = 125
CANNOT_EXECUTE = 126
NOT_FOUND = 127


class ToolError(Exception):
    """Ends the tool with a message and a status. Never used for a bug of the tool: those keep their traceback."""

    def __init__(self, came, expected="", do="", status=TOOL_FAILED):
        super().__init__(came)
        self.came, self.expected, self.do, self.status = came, expected, do, status

    def __str__(self):
        lines = [f"isthmus: {self.came}"]
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.do:
            lines.append(f"  to do:    {self.do}")
        return "\n".join(lines)
