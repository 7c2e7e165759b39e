"""Full-screen front end of nbcluster, the only package that imports Textual."""
