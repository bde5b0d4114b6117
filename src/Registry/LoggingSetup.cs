using Microsoft.Extensions.Logging.Console;

namespace SurveillanceRegistry.Registry;

/// <summary>Sends all logs to stderr. Standard output is for the ready line and the results of commands.</summary>
internal static class LoggingSetup
{
    public static ILoggerFactory Create() => LoggerFactory.Create(Configure);

    public static void Configure(ILoggingBuilder logging)
    {
        logging.AddConsole(console => console.FormatterName = LogFormatter.FormatterName);
        logging.AddConsoleFormatter<LogFormatter, ConsoleFormatterOptions>();
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(LogLevel.Information);
        // Silo and watchdog warn of garbage collection and of the clock of a machine that has just started. Operators need neither.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error).AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        // It warns of unencrypted keys. They are beside the notice key, in a folder that only the owner can read.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        // It warns at every form that it overwrites Cache-Control. The page had set the same value.
        logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
        // Polly logs every attempt of Orleans to place a grain. The caller logs the result once.
        logging.AddFilter("Polly", LogLevel.Critical);
        logging.AddFilter("Orleans", LogLevel.Warning).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Npgsql", LogLevel.Warning);
    }
}
