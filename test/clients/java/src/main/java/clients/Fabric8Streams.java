package clients;

import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** fabric8's streams: the log, exec and port-forward of the Pod that this program runs in. */
public final class Fabric8Streams {
  private Fabric8Streams() {}

  public static void main(String[] arguments) throws Exception {
    Steps.limit(60);
    System.err.println("to the log");
    try (var client = new KubernetesClientBuilder().build()) {
      var pod = client.pods().withName(System.getenv("HOSTNAME"));
      var out = new ByteArrayOutputStream();
      var err = new ByteArrayOutputStream();
      var input = new ByteArrayInputStream("typed\n".getBytes(StandardCharsets.UTF_8));
      try (var exec = pod.readingInput(input).writingOutput(out).writingError(err)
          .exec("sh", "-c", "read line; echo \"got $line\"; echo wrong >&2; exit 3")) {
        var code = exec.exitCode().get(30, TimeUnit.SECONDS);
        Steps.report("exec", Map.of("out", out.toString(), "err", err.toString(), "code", code));
      }
      Steps.report("log", Map.of("text", pod.getLog()));
      try (var served = new ServerSocket(0);
          var forward = serve(served, port -> pod.portForward(port));
          var socket = new Socket(InetAddress.getLoopbackAddress(), forward.getLocalPort())) {
        socket.getOutputStream().write("request".getBytes(StandardCharsets.UTF_8));
        var answer = socket.getInputStream().readNBytes("served request".length());
        Steps.report("port-forward", Map.of("answer", new String(answer, StandardCharsets.UTF_8), "error", ""));
      }
    }
    System.exit(0);
  }

  private static <T> T serve(ServerSocket served, java.util.function.IntFunction<T> forward) {
    new Thread(() -> Served.once(served)).start();
    return forward.apply(served.getLocalPort());
  }
}
