"""The region's directory: territories, networks, structures and their sites."""
