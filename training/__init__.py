"""How the scorer's weights are made, from labelled pages to the shipped file."""
