package clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;

/** A server that answers one request. */
final class Served {
  private Served() {}

  static void once(ServerSocket server) {
    try (var socket = server.accept()) {
      var request = new byte[100];
      var length = socket.getInputStream().read(request);
      var answer = "served " + new String(request, 0, length, StandardCharsets.UTF_8);
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
