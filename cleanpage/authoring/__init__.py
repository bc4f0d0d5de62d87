"""What helps those who write rules: pages of a site, what repeats on them, and the rules that could take it."""
