"""Việc nền: heavy work that the work process does, with progress and a result that only its owner opens."""
