"""Where the article is: blocks and their features, a trained scorer, and what is made of the scores."""
