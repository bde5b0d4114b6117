using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Grains;

/// <summary>
/// Lets values of the Domain be arguments and results of grain calls without Orleans attributes on them. Within a silo they are passed by
/// reference, because they are immutable (an architecture test checks that). Between silos they travel in the Domain's JSON form.
/// </summary>
internal sealed class DomainCodec : IGeneralizedCopier, IOptionalDeepCopier
{
    public static void AddTo(ISerializerBuilder serializer)
    {
        serializer.AddJsonSerializer(
            isSerializable: IsDomainValue,
            isCopyable: _ => false,
            options => options.Configure(json => json.SerializerOptions = Json.Options)
        );
        serializer.Services.AddSingleton<IGeneralizedCopier, DomainCodec>();
    }

    public bool IsSupportedType(Type type) => IsDomainValue(type);

    public bool IsShallowCopyable() => true;

    [return: NotNullIfNotNull(nameof(input))]
    public object? DeepCopy(object? input, CopyContext context) => input;

    private static bool IsDomainValue(Type type) =>
        (type.Assembly == typeof(Json).Assembly || type.Assembly == typeof(DomainCodec).Assembly)
        && type.Namespace!.StartsWith("SurveillanceRegistry", StringComparison.Ordinal)
        && !typeof(IAddressable).IsAssignableFrom(type);
}
