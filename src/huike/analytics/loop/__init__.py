"""Did a campaign help: what could be seen before it starts, and what came of it."""
