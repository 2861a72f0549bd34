"""The stages from articles to index, over made-up articles, as the assets run them."""
