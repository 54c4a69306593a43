"""Reports: the folders that expenses are filed in, handed in, printed and exported from."""
