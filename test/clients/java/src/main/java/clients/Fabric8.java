package clients;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** fabric8 configures itself; its watches are WebSockets. */
public final class Fabric8 {
  private static final String NAME = "fabric8";

  private Fabric8() {}

  public static void main(String[] arguments) throws Exception {
    Steps.limit(30);
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      var configMaps = client.configMaps();
      attempt("list-pods", () -> Map.of("count", client.pods().list().getItems().size()));
      var configMap = new ConfigMapBuilder().withNewMetadata().withName(NAME).endMetadata().addToData("value", "one").build();
      attempt("create-configmap", () -> {
        configMaps.resource(configMap).create();
        return Map.of();
      });
      var event = new CompletableFuture<Map<String, Object>>();
      var watching = attempt("watch-configmaps", () -> watch(client, event));
      attempt("update-configmap", () -> {
        configMap.getData().put("value", "two");
        configMaps.resource(configMap).update();
        return Map.of();
      });
      if (watching) Steps.report("watch-configmaps", event.get(20, TimeUnit.SECONDS));
      attempt("delete-configmap", () -> {
        configMaps.resource(configMap).delete();
        return Map.of();
      });
    }
    System.exit(0);
  }

  /** Null: what there is to report comes later. */
  private static Map<String, Object> watch(KubernetesClient client, CompletableFuture<Map<String, Object>> event) {
    client.configMaps().watch(new Watcher<ConfigMap>() {
      @Override
      public void eventReceived(Action action, ConfigMap seen) {
        if (seen.getMetadata().getName().equals(NAME) && seen.getData().get("value").equals("two")) {
          event.complete(Map.of("event", action.name(), "name", NAME, "value", "two"));
        }
      }

      @Override
      public void onClose(WatcherException cause) {
        event.completeExceptionally(cause);
      }
    });
    return null;
  }

  private static boolean attempt(String step, Callable<Map<String, Object>> action) throws Exception {
    try {
      var facts = action.call();
      if (facts != null) Steps.report(step, facts);
      return true;
    } catch (KubernetesClientException error) {
      if (error.getStatus() == null) throw error;
      Steps.reportRefusal(step, error.getCode(), error.getStatus().getMessage());
      return false;
    }
  }
}
