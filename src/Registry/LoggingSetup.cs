using Microsoft.Extensions.Logging.Console;

namespace SurveillanceRegistry.Registry;

/// <summary>Everything that is not an answer is log, and goes to stderr: stdout holds the ready line and what was asked for.</summary>
internal static class LoggingSetup
{
    public static ILoggerFactory Create() => LoggerFactory.Create(Configure);

    public static void Configure(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(LogLevel.Information);
        // Silo and watchdog remark on garbage collection and on the clock of a machine that has just started; neither is news to an
        // operator.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error).AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        // Its keys lie beside the notice key, in a folder that only the owner can read.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        // It remarks at every page with a form that it sets Cache-Control where the page already had: the page wanted the same.
        logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
        // Polly tells every attempt of Orleans to place a grain; whoever asked tells the outcome, once.
        logging.AddFilter("Polly", LogLevel.Critical);
        logging.AddFilter("Orleans", LogLevel.Warning).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Npgsql", LogLevel.Warning);
    }
}
