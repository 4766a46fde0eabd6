"""The public door: home, campaigns, the giving form, the thank-you page. Nobody signs in here."""
