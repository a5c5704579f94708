"""What the pages about decisions, disagreements, reviews, meetings and the journal show."""
