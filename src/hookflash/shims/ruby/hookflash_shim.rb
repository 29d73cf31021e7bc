# Preloaded by `hookflash run` into every Ruby: Net::HTTP trusts this server's authority beside the usual roots.
#
# Versions 3 and 4 of Twilio's library name a list of roots of their own; the list put in its place holds the same roots
# and our authority. Net::HTTP is changed when the program loads it, so that a program without network pays nothing.
module HookflashShim
  BUNDLE = ENV["HOOKFLASH_SHIM_BUNDLE"]

  module Trust
    def ca_file=(_path)
      super(BUNDLE)
    end
  end

  def self.patch
    Net::HTTP.prepend(Trust)
  end

  def self.install
    return patch if defined?(Net::HTTP) && Net::HTTP.method_defined?(:ca_file=)

    watch = TracePoint.new(:end) do |point|
      if point.self.is_a?(Class) && point.self.to_s == "Net::HTTP" && Net::HTTP.method_defined?(:ca_file=)
        watch.disable
        patch
      end
    end
    watch.enable
  end
end

HookflashShim.install if HookflashShim::BUNDLE
