package clients;

import com.google.gson.Gson;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints what a client program did, one JSON line a step. */
final class Steps {
  private static final Gson GSON = new Gson();

  private Steps() {}

  /** Ends the program with an error after so many seconds, whatever it waits for. */
  static void limit(int seconds) {
    var watchdog = new Thread(() -> {
      try {
        Thread.sleep(seconds * 1000L);
      } catch (InterruptedException error) {
        return;
      }
      System.err.println("gave up after " + seconds + " seconds");
      Runtime.getRuntime().halt(3);
    });
    watchdog.setDaemon(true);
    watchdog.start();
  }

  static void report(String step, Map<String, Object> facts) {
    print(step, true, facts);
  }

  static void reportRefusal(String step, int status, String message) {
    print(step, false, Map.of("status", status, "message", String.valueOf(message)));
  }

  private static void print(String step, boolean ok, Map<String, Object> facts) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("step", step);
    line.put("ok", ok);
    line.putAll(facts);
    System.out.println(GSON.toJson(line));
  }
}
