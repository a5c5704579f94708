"""Documents to print, to sign and to hand on, as PDF that everybody can read (PDF/UA)."""
