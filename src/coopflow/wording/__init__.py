"""How cooperations are told of to people: words in French and English, dates, names."""
