"""HTTP doors of messaging. Phones that are connected use the socket for the same; what is missed is read here too."""
