import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.elasticsearch.bootstrap.BootstrapInfo;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * One node of Elasticsearch without the distribution's launcher, for tests.
 *
 * <p>Each argument is a setting, {@code http.port=9200}; the system property {@code es.path.home} is the home folder.
 * It lies in the unnamed module on the class path; everything else is on the module path, where the loader of plug-ins
 * looks for the server's named module.
 */
public final class SearchServer {
    public static void main(String[] arguments) throws Exception {
        Environment environment = environment(arguments);
        Node node = new Node(environment, loader(environment));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node), "close"));
        node.start();
        // The node's own threads are daemons: without this the machine would stop here.
        new CountDownLatch(1).await();
    }

    /** The order is the server's own: each step leaves something the next one looks for. */
    private static Environment environment(String[] arguments) throws Exception {
        LogConfigurator.registerErrorListener();
        BootstrapInfo.init();
        LogConfigurator.configureESLogging();
        Path home = Path.of(System.getProperty("es.path.home"));
        Settings settings = Settings.builder().put("path.home", home).build();
        Map<String, String> given = Arrays.stream(arguments)
            .map(argument -> argument.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            settings, given, home.resolve("config"), () -> "node"
        );
        LogConfigurator.setNodeName(given.getOrDefault("node.name", "node"));
        LogConfigurator.configure(environment, true);
        return environment;
    }

    private static PluginsLoader loader(Environment environment) {
        var modules = PluginsLoader.loadModulesBundles(environment.modulesDir(), false);
        return PluginsLoader.createPluginsLoader(modules, Set.of(), Map.of());
    }

    private static void close(Node node) {
        try {
            node.close();
            node.awaitClose(10, TimeUnit.SECONDS);
        } catch (Exception fault) {
            fault.printStackTrace();
        }
    }
}
