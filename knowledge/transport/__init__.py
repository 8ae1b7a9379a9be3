"""How hosts are asked: clients, connections, credentials, patience, and what failures mean."""
