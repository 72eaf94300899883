package clients;

import com.google.gson.Gson;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints what an informer and a leader election tell, one JSON line each. */
final class Soak {
  private static final Gson GSON = new Gson();
  static final int LIMIT_SECONDS = Integer.parseInt(System.getenv("SOAK_LIMIT_SECONDS"));

  private Soak() {}

  /** The last of the ConfigMaps that count ends the program a little later. */
  static void saw(String event, String name, String value, String version) {
    if (!name.startsWith("soak-")) return;
    var line = new LinkedHashMap<String, Object>();
    line.put("event", event);
    line.put("name", name);
    line.put("value", value);
    line.put("version", version);
    print(line);
    if (name.equals("soak-end") && event.equals("ADDED")) endSoon();
  }

  static void led(String event) {
    print(Map.of("event", event));
  }

  private static synchronized void print(Map<String, Object> line) {
    System.out.println(GSON.toJson(line));
  }

  private static void endSoon() {
    var thread = new Thread(() -> {
      try {
        Thread.sleep(1000);
      } catch (InterruptedException error) {
        return;
      }
      Runtime.getRuntime().halt(0);
    });
    thread.setDaemon(true);
    thread.start();
  }
}
