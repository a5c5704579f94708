"""What every request and every answer passes through, whatever the route."""
