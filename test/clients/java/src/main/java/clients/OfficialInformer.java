package clients;

import io.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.kubernetes.client.extended.leaderelection.LeaderElector;
import io.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.util.CallGeneratorParams;
import io.kubernetes.client.util.ClientBuilder;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A shared informer and leader election of the official client. */
public final class OfficialInformer {
  private OfficialInformer() {}

  public static void main(String[] arguments) throws Exception {
    Steps.limit(Soak.LIMIT_SECONDS);
    var client = ClientBuilder.cluster().build();
    client.setReadTimeout(0);
    var core = new CoreV1Api(client);
    var namespace = Files.readString(Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace"));
    var factory = new SharedInformerFactory(client);
    var informer = factory.sharedIndexInformerFor(
        (CallGeneratorParams params) -> core.listNamespacedConfigMap(namespace)
            .resourceVersion(params.resourceVersion).timeoutSeconds(params.timeoutSeconds).watch(params.watch).buildCall(null),
        V1ConfigMap.class, V1ConfigMapList.class);
    informer.addEventHandler(new ResourceEventHandler<V1ConfigMap>() {
      @Override
      public void onAdd(V1ConfigMap added) {
        saw("ADDED", added);
      }

      @Override
      public void onUpdate(V1ConfigMap before, V1ConfigMap updated) {
        saw("MODIFIED", updated);
      }

      @Override
      public void onDelete(V1ConfigMap deleted, boolean finalStateUnknown) {
        saw("DELETED", deleted);
      }
    });
    factory.startAllRegisteredInformers();
    var lock = new LeaseLock(namespace, "soak", InetAddress.getLocalHost().getHostName(), client);
    var config = new LeaderElectionConfig(lock, Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
    try (var elector = new LeaderElector(config)) {
      elector.run(() -> Soak.led("LEADING"), () -> Soak.led("STOPPED"));
    }
  }

  private static void saw(String event, V1ConfigMap seen) {
    var metadata = seen.getMetadata();
    var value = seen.getData() == null ? null : seen.getData().get("value");
    Soak.saw(event, metadata.getName(), value, metadata.getResourceVersion());
  }
}
