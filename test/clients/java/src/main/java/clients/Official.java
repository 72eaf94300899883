package clients;

import com.google.gson.JsonParser;
import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.Watch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** The official client with ClientBuilder.cluster(). */
public final class Official {
  private static final String NAME = "client-java";

  private Official() {}

  public static void main(String[] arguments) throws Exception {
    Steps.limit(30);
    var client = ClientBuilder.cluster().build();
    client.setReadTimeout(20_000);
    var core = new CoreV1Api(client);
    var namespace = Files.readString(Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace"));

    attempt("list-pods", () -> Map.of("count", core.listNamespacedPod(namespace).execute().getItems().size()));
    var configMap = new V1ConfigMap().metadata(new V1ObjectMeta().name(NAME)).data(new HashMap<>(Map.of("value", "one")));
    attempt("create-configmap", () -> {
      configMap.setMetadata(core.createNamespacedConfigMap(namespace, configMap).execute().getMetadata());
      return Map.of();
    });
    var since = configMap.getMetadata().getResourceVersion();
    attempt("update-configmap", () -> {
      configMap.getData().put("value", "two");
      core.replaceNamespacedConfigMap(NAME, namespace, configMap).execute();
      return Map.of();
    });
    attempt("watch-configmaps", () -> {
      var call = core.listNamespacedConfigMap(namespace).resourceVersion(since).watch(true).buildCall(null);
      try (Watch<V1ConfigMap> watch = Watch.createWatch(client, call, new TypeToken<Watch.Response<V1ConfigMap>>() {}.getType())) {
        return nextEvent(watch);
      }
    });
    attempt("delete-configmap", () -> {
      core.deleteNamespacedConfigMap(NAME, namespace).execute();
      return Map.of();
    });
    System.exit(0);
  }

  private static Map<String, Object> nextEvent(Watch<V1ConfigMap> watch) {
    for (var event : watch) {
      if (NAME.equals(event.object.getMetadata().getName())) {
        return Map.of("event", event.type, "name", NAME, "value", event.object.getData().get("value"));
      }
    }
    throw new IllegalStateException("the watch ended without an event");
  }

  private static void attempt(String step, Callable<Map<String, Object>> action) throws Exception {
    try {
      Steps.report(step, action.call());
    } catch (ApiException error) {
      if (error.getResponseBody() == null) throw error;
      Steps.reportRefusal(step, error.getCode(), message(error.getResponseBody()));
    }
  }

  private static String message(String body) {
    return JsonParser.parseString(body).getAsJsonObject().get("message").getAsString();
  }
}
