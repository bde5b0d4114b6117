using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using SurveillanceRegistry.Files;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// Writes each log entry as one line. Messages and exceptions of Orleans name the grain of a device by its id, and the log must name no
/// single mobile device: the id is left out.
/// </summary>
internal sealed partial class LogFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "registry";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var text = logEntry.Exception is null ? message : $"{message} {logEntry.Exception}";
        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z' ", CultureInfo.InvariantCulture);
        textWriter.Write(time);
        textWriter.Write(LevelOf(logEntry.LogLevel));
        textWriter.Write(": ");
        textWriter.Write(logEntry.Category);
        textWriter.Write(string.Create(CultureInfo.InvariantCulture, $"[{logEntry.EventId.Id}] "));
        textWriter.WriteLine(TerminalWriter.Clean(Redact(text).ReplaceLineEndings(" ")));
    }

    /// <summary>Leaves out the ids of devices in the names of their grains.</summary>
    public static string Redact(string text) => DeviceGrain().Replace(text, "device/…");

    private static string LevelOf(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trce",
            LogLevel.Debug => "dbug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "fail",
            LogLevel.Critical => "crit",
            LogLevel.None => "none",
            _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
        };

    [GeneratedRegex(@"\bdevice/[a-z0-9][a-z0-9-]*")]
    private static partial Regex DeviceGrain();
}
