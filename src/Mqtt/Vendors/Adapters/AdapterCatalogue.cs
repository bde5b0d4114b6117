using System.Collections.Immutable;
using System.Text;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Vendors.Adapters;

/// <summary>All adapters, and what each one reads and refuses, for the public documentation.</summary>
public static class AdapterCatalogue
{
    /// <summary>All adapters, each with its allow-list.</summary>
    public static ImmutableArray<Adapter> All { get; } =
    [
        new FieldAdapter(Frigate.List),
        new Axis(Axis.List),
        new Onvif(Onvif.List),
        new SparkplugB(SparkplugB.List),
        new AvailabilityTopics(AvailabilityTopics.List),
    ];

    /// <summary>Returns the adapter of a kind.</summary>
    public static Adapter ForKind(AdapterKind kind) => All.Single(adapter => adapter.AllowList.Adapter == kind);

    /// <summary>Returns the name of an adapter.</summary>
    public static string NameOf(AdapterKind kind) =>
        kind switch
        {
            AdapterKind.Frigate => "Frigate",
            AdapterKind.Axis => "Axis event bridge",
            AdapterKind.Onvif => "ONVIF events as JSON",
            AdapterKind.Sparkplug => "Sparkplug B",
            AdapterKind.Availability => "Availability topics",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    /// <summary>Returns the values of an allowed field and their effects, in words.</summary>
    public static string Becomes(AllowedField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return field.Becomes
            ?? string.Join(
                "; ",
                field.Values.Select(value =>
                    $"{ValueText(value)}: {(value.Effects.IsEmpty ? "nothing" : string.Join(", ", value.Effects.Select(EffectText)))}"
                )
            );
    }

    /// <summary>Returns the allow-lists as the tables of docs/adapters.md.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder();
        foreach (var list in All.Select(adapter => adapter.AllowList))
        {
            text.Append("### ")
                .Append(NameOf(list.Adapter))
                .Append(" (`adapter: ")
                .Append(Json.Word(list.Adapter))
                .Append("`)\n\n")
                .Append("Payloads of at most ")
                .Append(list.MaxBytes)
                .Append(" bytes. Read:\n\n| Topic | Field | Type | Becomes |\n|---|---|---|---|\n");
            foreach (var field in list.Allowed)
                text.Append("| `")
                    .Append(field.Topic)
                    .Append("` | ")
                    .Append(field.Field.Length == 0 ? "the payload" : $"`{field.Field}`")
                    .Append(" | ")
                    .Append(Json.Word(field.Type))
                    .Append(" | ")
                    .Append(Becomes(field))
                    .Append(" |\n");
            text.Append("\nRefused unread:\n\n| Topic | Holds |\n|---|---|\n");
            foreach (var branch in list.Refused)
                text.Append("| `").Append(branch.Topic).Append("` | ").Append(branch.Why).Append(" |\n");
            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string ValueText(AllowedValue value) =>
        value.Word is { } word ? $"`{word}`" : FormattableString.Invariant($"{value.Min} to below {value.ExclusiveMax}");

    private static string EffectText(Effect effect) =>
        effect switch
        {
            Effect.SetAvailability { Availability: var said } => said switch
            {
                Availability.Up => "the unit is there",
                Availability.Down => "the unit is gone",
                Availability.PlannedStop => "the unit was stopped on purpose",
                Availability.NotSaid => "nothing",
                _ => throw new ArgumentOutOfRangeException(nameof(effect), said, null),
            },
            Effect.SetMode { Signal: var signal, Mode: null } => $"{Json.Word(signal)} not known any more",
            Effect.SetMode { Signal: var signal, Mode: { } mode } => $"{Json.Word(signal)} {Json.Word(mode)}",
            Effect.SetHealth { Part: var part, Health: var health } => $"{Json.Word(part)} {Json.Word(health)}",
            _ => "",
        };
}
