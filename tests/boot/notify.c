// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * notify SOCKET: prints what comes to a datagram socket, as systemd's is that services notify, one line a datagram:
 * the milliseconds since the start, and what it says, with ";" between its lines.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

static long milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	long began = milliseconds();
	char text[4096];
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (argc != 2 || fd < 0 || strlen(argv[1]) >= sizeof(address.sun_path))
		return 2;
	strcpy(address.sun_path, argv[1]);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		perror(argv[1]);
		return 1;
	}
	for (;;) {
		ssize_t size = recv(fd, text, sizeof(text) - 1, 0);

		if (size < 0)
			return 1;
		for (ssize_t i = 0; i < size; i++)
			if (text[i] == '\n')
				text[i] = ';';
		printf("%ld %.*s\n", milliseconds() - began, (int)size, text);
		fflush(stdout);
	}
}
