package clients;

import io.kubernetes.client.Exec;
import io.kubernetes.client.PodLogs;
import io.kubernetes.client.PortForward;
import io.kubernetes.client.util.ClientBuilder;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The official client's streams: the log, exec and port-forward of the Pod that this program runs in. */
public final class OfficialStreams {
  private OfficialStreams() {}

  public static void main(String[] arguments) throws Exception {
    Steps.limit(60);
    System.err.println("to the log");
    var client = ClientBuilder.cluster().build();
    var namespace = Files.readString(Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace"));
    var name = System.getenv("HOSTNAME");

    var command = new String[] {"sh", "-c", "read line; echo \"got $line\"; echo wrong >&2; exit 3"};
    var process = new Exec(client).exec(namespace, name, command, "main", true, false);
    process.getOutputStream().write("typed\n".getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    // Before it ends: afterwards the client has no streams to give.
    var output = process.getInputStream();
    var errors = process.getErrorStream();
    var out = new String(output.readAllBytes(), StandardCharsets.UTF_8);
    var err = new String(errors.readAllBytes(), StandardCharsets.UTF_8);
    Steps.report("exec", Map.of("out", out, "err", err, "code", process.waitFor()));

    try (var log = new PodLogs(client).streamNamespacedPodLog(namespace, name, "main")) {
      Steps.report("log", Map.of("text", new String(log.readNBytes("to the log\n".length()), StandardCharsets.UTF_8)));
    }

    try (var served = new ServerSocket(0)) {
      new Thread(() -> Served.once(served)).start();
      var forwarded = new PortForward(client).forward(namespace, name, List.of(served.getLocalPort()));
      forwarded.getOutboundStream(served.getLocalPort()).write("request".getBytes(StandardCharsets.UTF_8));
      forwarded.getOutboundStream(served.getLocalPort()).flush();
      var answer = forwarded.getInputStream(served.getLocalPort()).readNBytes("served request".length());
      Steps.report("port-forward", Map.of("answer", new String(answer, StandardCharsets.UTF_8), "error", ""));
    }
    System.exit(0);
  }
}
