"""From a question to the passages that stand in the prompt."""
