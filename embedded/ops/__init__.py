"""What stands behind bin/start and bin/test: set-up, private servers, processes. Standard library only."""
