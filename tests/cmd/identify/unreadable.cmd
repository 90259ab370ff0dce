[ "$(id -u)" != 0 ] || { echo "root may read everything" >&2; exit 77; }; : >file; chmod 0 file; kimg identify file
