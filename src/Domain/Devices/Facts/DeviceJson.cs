using System.Text.Json;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Devices.Facts;

/// <summary>Reads and writes a device as the type that it is: with a fleet as a mobile one, else as a fixed one.</summary>
internal sealed class DeviceJson : JsonConverter<Device>
{
    public override Device? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        HasFleet(reader)
            ? JsonSerializer.Deserialize<MobileDevice>(ref reader, options)
            : JsonSerializer.Deserialize<FixedDevice>(ref reader, options);

    public override void Write(Utf8JsonWriter writer, Device value, JsonSerializerOptions options)
    {
        if (value is MobileDevice mobile)
            JsonSerializer.Serialize(writer, mobile, options);
        else
            JsonSerializer.Serialize(writer, (FixedDevice)value, options);
    }

    /// <summary>Looks ahead, in a copy of the reader.</summary>
    private static bool HasFleet(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isFleet = reader.ValueTextEquals("fleet"u8);
            reader.Read();
            if (isFleet)
                return reader.TokenType != JsonTokenType.Null;
            reader.Skip();
        }

        return false;
    }
}
