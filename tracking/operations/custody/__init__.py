"""What people do with manifests: one verb a file, each in the transaction of its caller."""
