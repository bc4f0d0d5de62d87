"""What cleanpage costs and whether its short cuts are sound, measured on pages that the user names."""
