"""Coming in: opening an account, signing in, and whatever shows who somebody is. allauth asks; here it is answered."""
