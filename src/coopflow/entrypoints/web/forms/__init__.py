"""Forms made from the models of the domain: what is asked, what was typed, what it says."""
