package example;

import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.List;

/** A program that runs in a Pod. */
public final class Pods {
  private Pods() {}

  public static List<String> names(String namespace) {
    try (var client = new KubernetesClientBuilder().build()) {
      return client.pods().inNamespace(namespace).list().getItems().stream().map(pod -> pod.getMetadata().getName()).toList();
    }
  }
}
